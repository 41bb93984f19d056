/** A link to the status view in Tasklist's bar: while the machine works there is no task to look at. */
export default {
  id: 'procedures-status',
  pluginPoint: 'tasklist.navbar.action',
  priority: 300,
  render: container => {
    const link = document.createElement('a');
    link.href = '/status';
    link.textContent = 'Status of the clusters';
    container.append(link);
  }
};
