/** The status view in Cockpit's bar. */
export default {
  id: 'procedures-status',
  pluginPoint: 'cockpit.navigation',
  priority: 110,
  properties: { label: 'Clusters' },
  render: container => {
    const link = document.createElement('a');
    link.href = '/status';
    link.textContent = 'Clusters';
    container.append(link);
  }
};
