// Gives all packages of NocoBase, and those only, another version.
const fs = require('fs');
const version = process.argv[2];
const scope = '/app/nocobase/node_modules/@nocobase';
const { version: present } = JSON.parse(fs.readFileSync(`${scope}/server/package.json`));
for (const name of fs.readdirSync(scope)) {
  const file = `${scope}/${name}/package.json`;
  const content = JSON.parse(fs.readFileSync(file));
  if (content.version === present) {
    content.version = version;
    fs.writeFileSync(file, JSON.stringify(content, null, 2));
  }
}
