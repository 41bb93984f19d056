/** Tasklist's own settings; see the reference of the webapps' configuration of Camunda 7. */
import language from '/status/language.js';

export default {
  locales: { availableLocales: [language], fallbackLocale: language },
  customScripts: [
    'scripts/procedures/status.js',
    'scripts/procedures/notify.js',
    'scripts/procedures/take-over.js',
    'scripts/procedures/times.js',
    'scripts/procedures/answers.js'
  ],
  app: { name: language === 'pt' ? 'Tarefas' : 'Tasks', vendor: 'NocoBase procedures' },
  dateFormat: { normal: 'YYYY-MM-DD HH:mm', long: 'YYYY-MM-DD HH:mm:ss', short: 'HH:mm' },
  shortcuts: {
    claimTask: { key: 'ctrl+alt+c', description: 'claims the task that is open' },
    focusFilter: { key: 'ctrl+shift+f', description: 'goes to the first filter' },
    focusList: { key: 'ctrl+alt+l', description: 'goes to the first task of the list' },
    focusForm: { key: 'ctrl+alt+f', description: 'goes to the first question of the form' },
    startProcess: { key: 'ctrl+alt+p', description: 'opens the list of procedures to start' }
  }
};
