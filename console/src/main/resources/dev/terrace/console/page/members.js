// All members in one table, with what can be done to them.

import {html} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {drained, mark} from './chip.js';
import {count, millis, rate} from './format.js';

const HEADS = ['State', 'Member', 'Pool', 'From', 'Because', 'Weight', 'In flight', 'Work/s',
  'Failures/s', 'In all', 'Failed', 'Lag', ''];
const FIRST_NUMBER = 5;

function rows(system) {
  const lags = new Map(system.stores.flatMap((store) => store.shards).flatMap((s) => s.servers)
    .map((s) => [`${s.member.pool} ${s.member.id}`, s.member.lagMillis]));
  return system.pools.flatMap((pool) => pool.members.map((member) => (
    {...member, lagMillis: lags.get(`${member.pool} ${member.id}`) ?? null})));
}

const because = (member) => (member.draining ? `${drained(member)}; ${member.reason}` : member.reason);

function row(member, onChoose) {
  const verb = member.draining ? 'Undrain' : 'Drain';
  return html`<tr class=${member.state} data-member=${member.id} data-pool=${member.pool}
      data-state=${member.state}>
    <td class="state">${mark(member.state)} ${member.state}</td>
    <th scope="row"><code>${member.id}</code>${member.zone ? html` <small>${member.zone}</small>` : ''}</th>
    <td>${member.pool}</td>
    <td class="from">${member.source}${member.edited && member.source !== 'api' ? html`<small title="changed by an operator"> *</small>` : ''}</td>
    <td class="why" title=${because(member)}>${because(member)}</td>
    <td class="n">${member.weight}</td>
    <td class="n">${count(member.inFlight)}</td>
    <td class="n">${rate(member.perSecond)}</td>
    <td class="n ${member.failuresPerSecond > 0 ? 'bad' : ''}">${rate(member.failuresPerSecond)}</td>
    <td class="n">${count(member.requests)}</td>
    <td class="n">${count(member.failures)}</td>
    <td class="n">${member.lagMillis === null ? '' : millis(member.lagMillis)}</td>
    <td class="do"><button type="button" class="plain" aria-label="${verb} ${member.id} of ${member.pool}"
      @click=${() => onChoose(member)}>${verb}</button></td>
  </tr>`;
}

export function members(system, onChoose) {
  const all = rows(system);
  const down = all.filter((m) => m.state === 'down').length;
  const draining = all.filter((m) => m.state === 'draining').length;
  const summary = [`${all.length} in ${system.pools.filter((p) => p.members.length).length} pools`];
  if (down) summary.push(`${down} down`);
  if (draining) summary.push(`${draining} draining`);
  const unfound = system.pools.filter((pool) => pool.discovery?.failure);
  return html`<div class="head"><h2>Members</h2><p role="status">${summary.join(', ')}</p></div>
    ${unfound.map((pool) => html`<p class="unfound" role="alert"><b>${pool.name}</b>: ${pool.discovery.source}:
      ${pool.discovery.failure}; what was found before stays</p>`)}
    ${all.length
      ? html`<div class="scroll" tabindex="0" role="region" aria-label="Table of members"><table>
          <thead><tr>${HEADS.map((name, i) => html`<th scope="col" class=${i >= FIRST_NUMBER && i < HEADS.length - 1 ? 'n' : ''}>${
            name || html`<span class="hidden">Action</span>`}</th>`)}</tr></thead>
          <tbody>${repeat(all, (m) => `${m.pool} ${m.id}`, (m) => row(m, onChoose))}</tbody>
        </table></div>`
      : html`<p class="empty">This file names no members yet: add a pool under <code>pools:</code>.</p>`}`;
}
