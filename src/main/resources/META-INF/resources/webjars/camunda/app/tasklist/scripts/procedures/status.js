import './help.js';
import './library.js';
import './links.js';
import './missing.js';
import './watch.js';
import { say } from './words.js';

/** A link to the status view in Tasklist's bar: while the machine works there is no task to look at. */
export default {
  id: 'procedures-status',
  pluginPoint: 'tasklist.navbar.action',
  priority: 300,
  render: container => {
    const link = document.createElement('a');
    link.href = '/status';
    link.textContent = say().status;
    container.append(link);
  }
};
