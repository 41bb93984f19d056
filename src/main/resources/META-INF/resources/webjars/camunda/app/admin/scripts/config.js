/** The settings of the page with accounts (Admin); see the reference of the webapps' configuration of Camunda 7. */
import language from '/status/language.js';

export default {
  locales: { availableLocales: [language], fallbackLocale: language },
  app: { vendor: 'NocoBase procedures' }
};
