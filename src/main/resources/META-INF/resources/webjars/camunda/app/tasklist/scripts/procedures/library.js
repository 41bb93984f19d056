import { library } from './words.js';

/** Where the library of the forms writes words of its own. */
const TEXTS = '.fjs-table-nav-label, .fjs-table-td[colspan], .fjs-select-placeholder, .fjs-dropdownlist-empty';
const ATTRIBUTES = ['placeholder', 'aria-label'];

/** Its text nodes stay: it would write beside ours. */
function texts(place) {
  place.childNodes.forEach(node => {
    const ours = node.nodeType === Node.TEXT_NODE && library(node.data);
    if (ours) {
      node.data = ours;
    }
  });
}

function attributes(element) {
  ATTRIBUTES.forEach(name => {
    const ours = library(element.getAttribute(name));
    if (ours) {
      element.setAttribute(name, ours);
    }
  });
}

function translate() {
  document.querySelectorAll('.fjs-form').forEach(form => {
    form.querySelectorAll(TEXTS).forEach(texts);
    form.querySelectorAll('[placeholder], button[aria-label], th[aria-label]').forEach(attributes);
  });
}

if (library('Search')) {
  new MutationObserver(translate).observe(document.body, {
    childList: true, subtree: true, characterData: true, attributeFilter: ATTRIBUTES
  });
}
