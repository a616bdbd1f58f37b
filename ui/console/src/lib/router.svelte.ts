import { addressOf, parse, type Route } from './route';

/** The page shown, kept in step with the address bar (History API). */
class Router {
  route = $state<Route>({ page: 'queue', filter: { view: 'open' } });

  /** Reads the address and follows it. Links inside the page need nothing special: clicks on them are taken here. */
  start(): () => void {
    const read = (): void => {
      this.route = parse(location.pathname, location.search);
    };
    const click = (event: MouseEvent): void => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return;
      if (link.pathname.startsWith('/api/') || link.hash !== '') return;
      event.preventDefault();
      this.#push(link.pathname + link.search);
    };
    read();
    addEventListener('popstate', read);
    document.addEventListener('click', click);
    return () => {
      removeEventListener('popstate', read);
      document.removeEventListener('click', click);
    };
  }

  go(route: Exclude<Route, { page: 'not_found' }>): void {
    this.#push(addressOf(route));
  }

  /** The same page with another filter: no new entry in the history. */
  replace(route: Exclude<Route, { page: 'not_found' }>): void {
    history.replaceState(null, '', addressOf(route));
    this.route = route;
  }

  #push(address: string): void {
    if (address !== location.pathname + location.search) history.pushState(null, '', address);
    this.route = parse(location.pathname, location.search);
  }
}

export const router = new Router();
