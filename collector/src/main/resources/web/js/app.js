import { element, leave, own } from '/js/dom.js';

/**
 * Shows the page that belongs to the address. A new page is one file here and one line in this table.
 * @type {Record<string, [string, () => Promise<{ show: (main: HTMLElement) => void }>]>}
 */
const pages = {
  '/': ['Profiles', () => import('/js/profiles.js')],
  '/targets': ['Targets', () => import('/js/targets.js')],
  '/discovery': ['Discovery', () => import('/js/discovery.js')],
  '/relabel': ['Relabel lab', () => import('/js/relabel.js')],
  '/receivers': ['Receivers', () => import('/js/receivers.js')],
  '/delivery': ['Delivery', () => import('/js/delivery.js')],
  '/components': ['Components', () => import('/js/components.js')],
};

const [title, load] = own(pages, location.pathname) ?? pages['/'];
document.title = title + ' · Stoker';
for (const link of document.querySelectorAll('nav a')) {
  if (link.getAttribute('href') === location.pathname) {
    link.setAttribute('aria-current', 'page');
  }
}
const main = element('main');
load().then((page) => {
  page.show(main);
  // Links to the same page, Back and addresses written by hand change what is behind # alone.
  addEventListener('hashchange', () => {
    if (location.hash === '#main') return;
    leave();
    main.replaceChildren();
    page.show(main);
  });
});
