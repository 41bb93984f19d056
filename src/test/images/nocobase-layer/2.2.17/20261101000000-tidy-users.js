// A migration of our own, for tests: what a bad upgrade does. It destroys first and fails then.
const { Migration } = require('../migration');

module.exports = class extends Migration {
  on = 'beforeLoad';
  appVersion = '<2.2.17';

  async up() {
    const [tables] = await this.db.sequelize.query("SELECT to_regclass('records') AS records");
    if (tables[0].records) {
      await this.db.sequelize.query('DELETE FROM "records"');
    }
    await this.db.sequelize.query('ALTER TABLE "users" DROP COLUMN IF EXISTS "nickname"');
    throw new Error('migration 20261101000000-tidy-users failed: nicknames are gone and cannot be made again');
  }
};
