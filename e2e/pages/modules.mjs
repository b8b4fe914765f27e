// The pages import each other by the address at which Stoker serves them: '/js/dom.js' is a file below web/.
import { register } from 'node:module';

const WEB = new URL('../../collector/src/main/resources/web', import.meta.url).href;

register('data:text/javascript,' + encodeURIComponent(`
  export const resolve = (name, context, next) => {
    const own = /^[/](js|vendor)[/]/.test(name);
    return own ? { url: ${JSON.stringify(WEB)} + name, format: 'module', shortCircuit: true } : next(name, context);
  };
  export const load = (url, context, next) =>
    next(url, url.startsWith(${JSON.stringify(WEB)}) ? { ...context, format: 'module' } : context);
`));
