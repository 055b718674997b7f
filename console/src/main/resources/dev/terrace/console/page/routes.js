// What each route of the HTTP front does, in one table.

import {html} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {count, millis, percent, rate} from './format.js';

const ROUTES_MAX = 50;
const HEADS = ['Route', 'Pools', 'Requests/s', 'Errors', 'Half within', '99 % within', 'In all'];
const FIRST_NUMBER = 2;

const name = (route) => (route === 'none' ? html`<i>no route matched</i>` : html`<code>${route}</code>`);

const row = (r) => html`<tr data-route=${r.route}>
    <th scope="row" title=${r.route}>${name(r.route)}</th>
    <td>${r.pools.join(', ')}</td>
    <td class="n">${rate(r.perSecond)}</td>
    <td class="n errors ${r.errorShare > 0 ? 'bad' : ''}">${percent(r.errorShare)}</td>
    <td class="n">${millis(r.p50Millis)}</td>
    <td class="n">${millis(r.p99Millis)}</td>
    <td class="n">${count(r.requests)}</td>
  </tr>`;

export function routes(system) {
  // By all that they have had: by what they have now, rows would change places every second.
  const all = [...system.routes].sort((a, b) => b.requests - a.requests);
  const shown = all.slice(0, ROUTES_MAX);
  return html`<div class="head"><h2>Routes</h2><p>${all.length > shown.length
      ? html`the busiest ${shown.length} of ${all.length}; all are at <a href="/api/status">/api/status</a>`
      : 'errors (5xx) and times over the last ten seconds'}</p></div>
    ${all.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-label="Table of routes"><table>
          <thead><tr>${HEADS.map((head, i) => html`<th scope="col" class=${i >= FIRST_NUMBER ? 'n' : ''}>${head}</th>`)}</tr></thead>
          <tbody>${repeat(shown, (r) => r.route, row)}</tbody>
        </table></div>`
      : html`<p class="empty">No routes in this file.</p>`}`;
}
