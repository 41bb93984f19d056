import { watch } from '/status/times.js';

/** Moments in tasks and lists are shown in the time zone of whoever reads them. */
export default {
  id: 'procedures-times',
  pluginPoint: 'cockpit.navigation',
  priority: 1,
  render: () => {
    if (!window.proceduresTimes) {
      window.proceduresTimes = true;
      watch(document.body);
    }
  }
};
