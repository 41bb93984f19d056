import { say } from './words.js';

/** The status view in Cockpit's bar. */
export default {
  id: 'procedures-status',
  pluginPoint: 'cockpit.navigation',
  priority: 110,
  properties: { label: say().clusters },
  render: container => {
    const link = document.createElement('a');
    link.href = '/status';
    link.textContent = say().clusters;
    container.append(link);
  }
};
