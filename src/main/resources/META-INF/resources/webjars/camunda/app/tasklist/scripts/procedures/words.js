/** Tasklist speaks the installation's language, and so does what is beside it. */
import language from '/status/language.js';

const ENGLISH = {
  status: 'Status of the clusters',
  help: 'Help with this form',
  gone: 'The engine does not answer. What you see is as of',
  goneNext: 'This page reloads by itself when the engine is back. Typed answers are kept.',
  missing: 'Not answered yet:',
  wrong: 'Not accepted as it is:',
  required: 'An answer is required.',
  notify: 'Notify me',
  notifying: 'Notifications on',
  notifyHelp: 'Show a notification of this browser when a task opens for me',
  notifyingHelp: 'This browser shows a notification when a task opens for you. Click to turn it off.',
  refused: 'This browser does not allow notifications of this page: allow them in its settings.',
  opened: 'A task waits for you',
  tasks: 'Tasks',
  claimTask: 'claims the task that is open',
  focusFilter: 'goes to the first filter',
  focusList: 'goes to the first task of the list',
  focusForm: 'goes to the first question of the form',
  startProcess: 'opens the list of procedures to start'
};

const PORTUGUESE = {
  status: 'Situação dos clusters',
  help: 'Ajuda com este formulário',
  gone: 'O motor não responde. O que você vê é das',
  goneNext: 'Esta página recarrega sozinha quando o motor voltar. As respostas digitadas são mantidas.',
  missing: 'Ainda sem resposta:',
  wrong: 'Não aceito como está:',
  required: 'É preciso responder.',
  notify: 'Notificar',
  notifying: 'Notificações ativas',
  notifyHelp: 'Mostrar uma notificação deste navegador quando uma tarefa for aberta para mim',
  notifyingHelp: 'Este navegador mostra uma notificação quando uma tarefa é aberta para você. Clique para desativar.',
  refused: 'Este navegador não permite notificações desta página: permita-as nas configurações dele.',
  opened: 'Uma tarefa espera por você',
  tasks: 'Tarefas',
  claimTask: 'assume a tarefa aberta',
  focusFilter: 'vai para o primeiro filtro',
  focusList: 'vai para a primeira tarefa da lista',
  focusForm: 'vai para a primeira pergunta do formulário',
  startProcess: 'abre a lista de procedimentos para iniciar'
};

export const say = () => (language === 'pt' ? PORTUGUESE : ENGLISH);
export const time = moment => moment.toLocaleTimeString(language, { hour12: false });

/** What the library of the forms says by itself, in English only. */
const LIBRARY = {
  ' of ': ' de ',
  'Nothing to show.': 'Nada a mostrar.',
  'No results': 'Nenhum resultado',
  'All values selected': 'Todos os valores escolhidos',
  Select: 'Escolher',
  Search: 'Buscar',
  'Previous page': 'Página anterior',
  'Next page': 'Próxima página',
  'Click to remove sorting': 'Clique para remover a ordenação'
};

/** In the installation's language; nothing where that is the library's own or the text is not the library's. */
export const library = text => (language === 'pt' ? LIBRARY[text] : undefined);
