// The move of rows between shards that is under way, or how the last one ended.

import {html} from './lit-html/lit-html.js';
import {bytes, millis} from './format.js';

const WORDS = {
  PLANNED: 'planned',
  PREPARING: 'preparing',
  COPYING: 'copying',
  CHECKING: 'comparing both sides',
  CUTTING_OVER: 'cutting over',
  CLEANING_UP: 'cleaning up',
  DONE: 'done',
  ABORTED: 'undone',
  FAILED: 'stopped',
};
const KINDS = {DONE: 'good', FAILED: 'bad'};

const flow = (f) => html`<tr>
    <th scope="row"><code>${f.from}</code></th><td><code>${f.to}</code></td>
    <td class="n"><progress max=${f.tables} value=${f.copied}></progress> ${f.copied} of ${f.tables}</td>
    <td class="n">${f.lagBytes === null ? '–' : bytes(f.lagBytes)}</td>
  </tr>`;

const lines = (all) => (all.length ? html`<ul>${all.map((line) => html`<li>${line}</li>`)}</ul>` : '');

export function reshard(status) {
  if (status.phase === 'NONE') return '';
  return html`<div class="head"><h2>Resharding <code>${status.store}</code></h2>
      <span class="pill ${KINDS[status.phase] ?? 'wait'}" role="status">${WORDS[status.phase]}</span>
      <p>${status.message}${status.pausedMillis === null ? ''
    : html`, statements waited ${millis(status.pausedMillis)}`}</p></div>
    ${status.problems.length ? html`<div class="note bad">${lines(status.problems)}</div>` : ''}
    ${status.flows.length
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="Where rows go"><table>
        <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col" class="n">Tables copied</th>
          <th scope="col" class="n">On its way</th></tr></thead>
        <tbody>${status.flows.map(flow)}</tbody></table></div>` : ''}
    ${lines(status.notes)}`;
}
