/** Links in forms lead elsewhere, the private link among them: the form stays open, with what is typed in it. */
function apart(root) {
  root.querySelectorAll?.('.fjs-container a[href]').forEach(link => {
    if (link.target !== '_blank') {
      link.target = '_blank';
      link.rel = 'noopener';
    }
  });
}

new MutationObserver(() => apart(document)).observe(document.body, { childList: true, subtree: true });
apart(document);
