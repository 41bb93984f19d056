/** Cockpit's own settings; see the reference of the webapps' configuration of Camunda 7. */
import language from '/status/language.js';

export default {
  locales: { availableLocales: [language], fallbackLocale: language },
  customScripts: [
    'scripts/procedures/status.js',
    'scripts/procedures/procedures.js',
    'scripts/procedures/times.js',
    'scripts/procedures/clusters.js',
    'scripts/procedures/history.js'
  ],
  app: { name: 'Cockpit', vendor: 'NocoBase procedures' },
  // Who ends an instance here wants its listeners to run: they release the cluster.
  skipCustomListeners: { default: false, hidden: false },
  skipIoMappings: { default: false, hidden: false }
};
