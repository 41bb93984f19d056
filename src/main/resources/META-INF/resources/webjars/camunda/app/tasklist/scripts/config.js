/** Tasklist's own settings; see the reference of the webapps' configuration of Camunda 7. */
import language from '/status/language.js';
import { say } from './procedures/words.js';

export default {
  locales: { availableLocales: [language], fallbackLocale: language },
  customScripts: [
    'scripts/procedures/status.js',
    'scripts/procedures/notify.js',
    'scripts/procedures/take-over.js',
    'scripts/procedures/times.js',
    'scripts/procedures/answers.js'
  ],
  app: { name: say().tasks, vendor: 'NocoBase procedures' },
  dateFormat: { normal: 'YYYY-MM-DD HH:mm', long: 'YYYY-MM-DD HH:mm:ss', short: 'HH:mm' },
  shortcuts: {
    claimTask: { key: 'ctrl+alt+c', description: say().claimTask },
    focusFilter: { key: 'ctrl+shift+f', description: say().focusFilter },
    focusList: { key: 'ctrl+alt+l', description: say().focusList },
    focusForm: { key: 'ctrl+alt+f', description: say().focusForm },
    startProcess: { key: 'ctrl+alt+p', description: say().startProcess }
  }
};
