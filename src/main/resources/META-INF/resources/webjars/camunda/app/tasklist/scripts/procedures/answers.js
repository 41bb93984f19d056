/**
 * What somebody has typed outlives a reload (theirs, or ours when the engine is back) and a look at another task: Tasklist's
 * own "Save" is pressed for them, which keeps the answers of the task in this browser until it is completed. Tasklist itself
 * does the same when a session has expired.
 */
const KEPT = 'camunda-form:';
const OWNER = 'procedures.answers-of';

function save() {
  const button = document.querySelector('.task-card .form-actions button[ng-click^="save("]');
  if (button && !button.disabled) {
    button.click();
  }
}

window.addEventListener('pagehide', save);
document.addEventListener('click', event => {
  if (event.target.closest?.('.tasks-list li.task:not(.active)')) {
    save();
  }
}, true);

/** Whoever logs in next at this browser begins with empty forms. */
function forgetOthers(person) {
  if (localStorage.getItem(OWNER) !== person) {
    Object.keys(localStorage).filter(key => key.startsWith(KEPT)).forEach(key => localStorage.removeItem(key));
    localStorage.setItem(OWNER, person);
  }
}

export default {
  id: 'procedures-answers',
  pluginPoint: 'tasklist.navbar.action',
  priority: 1,
  render: (container, parameters, scope) => {
    const person = scope?.$root?.authentication?.name;
    if (person) {
      forgetOthers(person);
    }
  }
};
