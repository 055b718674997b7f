// Where the rows of tables live, and what the collections keep of them.

import {html} from './lit-html/lit-html.js';
import {bytes, count, percent, rate, span} from './format.js';

function rule(table) {
  switch (table.rule) {
    case 'hash': return html`hash of <code>${table.column}</code>`;
    case 'range': return html`range of <code>${table.column}</code>, split at ${table.splits.join(', ')}`;
    case 'list': return html`list of <code>${table.column}</code>: ${table.splits.join(', ')}`;
    case 'everywhere': return 'everywhere, all rows';
    default: return 'single, all rows';
  }
}

const tables = (system) => html`<div class="panel"><div class="head"><h2>Tables</h2></div>
  ${system.stores.some((s) => s.tables.length)
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="Table placements"><table><thead><tr>
        <th scope="col">Table</th><th scope="col">Store</th><th scope="col">Placed by</th>
        <th scope="col">On shards</th></tr></thead><tbody>
        ${system.stores.flatMap((store) => store.tables.map((table) => html`<tr>
          <th scope="row"><code>${table.name}</code></th><td>${store.name}</td><td>${rule(table)}</td>
          <td>${table.shards.join(', ')}</td></tr>`))}</tbody></table></div>`
    : html`<p class="empty">No tables in this file.</p>`}</div>`;

const collections = (system) => html`<div class="panel"><div class="head"><h2>Collections</h2></div>
  ${system.cache.collections.length
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="Collections"><table><thead><tr>
        <th scope="col">Collection</th><th scope="col">Is table</th><th scope="col">Kept</th>
        <th scope="col" class="n">Reads/s</th><th scope="col" class="n">Hit ratio</th>
        <th scope="col" class="n">Hits</th><th scope="col" class="n">Misses</th>
        <th scope="col" class="n">Entries</th><th scope="col" class="n">Memory</th></tr></thead><tbody>
        ${system.cache.collections.map((c) => html`<tr>
          <th scope="row"><code>${c.name}:</code></th><td>${c.table} by <code>${c.key}</code></td>
          <td>${c.ttlMillis ? `${span(c.ttlMillis / 1000)}, write ${c.write}` : 'not at all'}</td>
          <td class="n">${rate(c.readsPerSecond)}</td><td class="n">${percent(c.hitRatio)}</td>
          <td class="n">${count(c.hits)}</td><td class="n">${count(c.misses)}</td>
          <td class="n">${count(c.entries)}</td><td class="n">${bytes(c.bytes)}</td></tr>`)}</tbody></table></div>`
    : html`<p class="empty">No collections in this file.</p>`}</div>`;

export const data = (system) => html`${tables(system)}${collections(system)}`;
