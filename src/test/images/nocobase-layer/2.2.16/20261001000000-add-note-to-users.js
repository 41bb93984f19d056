// A migration of our own, for tests: what a good upgrade does to the schema.
const { Migration } = require('../migration');

module.exports = class extends Migration {
  on = 'beforeLoad';
  appVersion = '<2.2.16';

  async up() {
    await this.db.sequelize.query('ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "note" text');
  }
};
