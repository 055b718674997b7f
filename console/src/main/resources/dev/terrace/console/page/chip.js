// A member in the path, and the mark of its state.

import {html, svg} from './lit-html/lit-html.js';
import {clock, count, millis, rate} from './format.js';

// Each state has a shape of its own, so that none is told by colour alone.
const SHAPES = {
  up: svg`<circle cx="6" cy="6" r="4.5" fill="currentColor"/>`,
  warming: svg`<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6"/>
    <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor"/>`,
  draining: svg`<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6"/>
    <path d="M3.8 6h4.4" stroke="currentColor" stroke-width="1.6"/>`,
  down: svg`<path d="M2.2 2.2l7.6 7.6M9.8 2.2L2.2 9.8" stroke="currentColor" stroke-width="2.2"
    stroke-linecap="round"/>`,
};

export const mark = (state) => html`<svg class="mark ${state}" viewBox="0 0 12 12" width="12"
  height="12" aria-hidden="true">${SHAPES[state] ?? SHAPES.warming}</svg>`;

// A long host gives way, the port does not: often only the port tells members apart.
function address(id) {
  const colon = id.lastIndexOf(':');
  const port = colon > 0 && !id.endsWith(']') ? id.slice(colon) : '';
  return html`<span class="host">${id.slice(0, id.length - port.length)}</span><span>${port}</span>`;
}

const SOURCES = {
  dns: 'found in DNS',
  'file-watch': 'found in its file',
  api: 'added by an operator',
};

/** That an operator took the member out, and until when its connections may last. */
export function drained(member) {
  if (!member.draining) return '';
  return member.drainUntilMillis === null ? 'drained by an operator'
    : `drained, connections until ${clock(member.drainUntilMillis)}`;
}

/** What is true of a member, in words. */
export function facts(member) {
  const words = [member.reason];
  if (member.draining) words.push(drained(member));
  words.push(`weight ${member.weight}`);
  if (member.zone) words.push(`zone ${member.zone}`);
  if (SOURCES[member.source]) words.push(SOURCES[member.source]);
  if (member.edited && member.source !== 'api') words.push('changed by an operator');
  words.push(`${count(member.requests)} in all, ${count(member.failures)} failed`);
  return words;
}

/** A button that opens the member's dialogue; hover or focus tells why it is as it is. */
export function chip(member, role, onChoose) {
  const load = `${rate(member.perSecond)}/s · ${count(member.inFlight)} in flight`;
  return html`<li class="chip ${member.state}" data-member=${member.id} data-pool=${member.pool}
      data-state=${member.state}>
    <button type="button" @click=${() => onChoose(member)}>
      <span class="line">${mark(member.state)}<span class="name" title=${member.id}>${address(member.id)}</span></span>
      <span class="line under"><span class="word">${role ? `${role} ` : ''}<b>${member.state}</b></span>${
        member.lagMillis === null ? '' : html`<span class="lag"><i>lag </i>${millis(member.lagMillis)}</span>`}</span>
      <span class="line under load">${load}</span>
    </button>
    <div class="tip" role="tooltip"><span><b>${member.id}</b> is <b>${member.state}</b></span>
      ${facts(member).map((fact) => html`<span>${fact}</span>`)}</div>
  </li>`;
}
