// The path of a request, left to right: each front, and the servers behind it.

import {html, svg} from './lit-html/lit-html.js';
import {repeat} from './lit-html/directives/repeat.js';
import {chip} from './chip.js';
import {bytes, count, millis, percent, rate} from './format.js';

const ROUTES_MAX = 8;

// What a server of a shard may be instead of what its place says.
const APART = new Set(['fenced', 'orphaned', 'detached']);

const tier = (system, name) => system.tiers.find((t) => t.name === name);

const fact = (name, value, bad = false) =>
  html`<div class=${bad ? 'bad' : ''}><dt>${name}</dt><dd>${value}</dd></div>`;

const flowing = (perSecond) => (perSecond > 0 ? 'flowing' : '');

function station(name, title, flow, body, where) {
  return html`<li class="station ${name} ${flow}" data-tier=${name}>
    <header><h2>${title}</h2><p>${where}</p></header>
    ${body}
  </li>`;
}

const at = (t) => html`<code>${t.listen.join(', ')}</code>`;

const many = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

const big = (number, unit) =>
  html`<p class="rate"><strong data-rate=${number}>${number}</strong> <span>${unit}</span></p>`;

/** Shares of a whole as a bar; the words are beside it. */
function bar(parts) {
  const all = parts.reduce((sum, part) => sum + part.value, 0);
  let at = 0;
  return html`<svg class="bar-of" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="ground" width="100" height="4"/>
    ${all === 0 ? '' : parts.map((part) => {
      const width = (100 * part.value) / all;
      const x = at;
      at += width;
      return svg`<rect class=${part.kind} x=${x} width=${width} height="4"/>`;
    })}</svg>`;
}

const empty = (text) => html`<p class="empty">${text}</p>`;

function poolChips(pools, onChoose, heading) {
  return pools.map((pool) => html`<div class="pool">
      <h3>${heading ? html`<span>${heading}</span> ` : ''}${pool.name}
        <small>${pool.policy}</small><small class="of ${pool.available ? '' : 'bad'}">${pool.available} of ${pool.members.length}<span class="hidden"> take work</span></small></h3>
      ${pool.members.length
        ? html`<ul class="chips">${repeat(pool.members, (m) => m.id, (m) => chip(m, '', onChoose))}</ul>`
        : empty('no members')}
    </div>`);
}

function dns(system, onChoose) {
  const t = tier(system, 'dns');
  if (!t.listen.length) return station('dns', 'DNS', '', empty('no dns in this file'), '');
  const pools = system.pools.filter((p) => p.usedBy.includes('dns') && !p.usedBy.includes('http'));
  return station('dns', 'DNS', flowing(t.perSecond), html`
    ${big(rate(t.perSecond), 'queries/s')}
    <dl>${fact('SERVFAIL', `${rate(t.errorsPerSecond)}/s`, t.errorsPerSecond > 0)}
      ${fact('TCP open', count(t.connections))}</dl>
    ${poolChips(pools, onChoose)}`, at(t));
}

function http(system) {
  const t = tier(system, 'http');
  if (!t.listen.length) return station('http', 'HTTP', '', empty('no http in this file'), '');
  const classes = ['2xx', '3xx', '4xx', '5xx'];
  return station('http', 'HTTP', flowing(t.perSecond), html`
    ${big(rate(t.perSecond), 'requests/s')}
    ${bar(classes.map((c) => ({kind: `s${c}`, value: t.parts[c] ?? 0})))}
    <dl>${classes.map((c) => fact(html`<i class="key s${c}"></i>${c}`, `${rate(t.parts[c] ?? 0)}/s`,
        c === '5xx' && t.errorsPerSecond > 0))}
      ${fact('half within', millis(t.p50Millis))}${fact('99 % within', millis(t.p99Millis))}
      ${fact('connections', count(t.connections))}</dl>
    ${system.routes.length
      ? html`<ul class="rows two">${system.routes.slice(0, ROUTES_MAX).map((r) => html`<li>
          <span title=${r.route}>${r.route}</span><b>${rate(r.perSecond)}/s</b></li>`)}</ul>` : ''}`, at(t));
}

function app(system, onChoose) {
  const pools = system.pools.filter((p) => p.usedBy.includes('http'));
  const idle = system.pools.filter((p) => !p.usedBy.length);
  const all = [...pools, ...idle];
  const sum = pools.flatMap((p) => p.members).reduce((s, m) => s + m.perSecond, 0);
  return station('app', 'App', flowing(sum), all.length
    ? html`${big(rate(sum), 'requests/s')}${poolChips(pools, onChoose)}${poolChips(idle, onChoose, 'not routed to:')}`
    : empty('no pools in this file'), all.length ? many(all.length, 'pool') : '');
}

function cache(system) {
  const t = tier(system, 'kv');
  if (!t.listen.length) return station('kv', 'Cache', '', empty('no kv in this file'), '');
  const c = system.cache;
  const hits = c.hitRatio ?? 0;
  return station('kv', 'Cache', flowing(t.perSecond), html`
    ${big(rate(t.perSecond), 'commands/s')}
    ${bar([{kind: 'hit', value: c.hitRatio === null ? 0 : hits}, {kind: 'miss', value: c.hitRatio === null ? 0 : 1 - hits}])}
    <dl>${fact('hit ratio', html`<span data-hit-ratio>${percent(c.hitRatio)}</span>`)}
      ${fact('errors', `${rate(t.errorsPerSecond)}/s`, t.errorsPerSecond > 0)}
      ${fact('entries', count(c.entries))}
      ${fact('memory', html`${bytes(c.bytes)} <small>of ${bytes(c.memoryMaxBytes)}</small>`)}
      ${fact('connections', count(t.connections))}</dl>
    ${c.collections.length
      ? html`<ul class="rows">${c.collections.map((k) => html`<li><span>${k.name}</span>
          <span>${rate(k.readsPerSecond)}/s</span><b>${percent(k.hitRatio)}</b></li>`)}</ul>`
      : empty('no collections')}`, at(t));
}

function sql(system) {
  const t = tier(system, 'sql');
  if (!t.listen.length) return station('sql', 'SQL router', '', empty('no sql in this file'), '');
  const primary = t.parts.primary ?? 0;
  const replica = t.parts.replica ?? 0;
  return station('sql', 'SQL router', flowing(t.perSecond), html`
    ${big(rate(t.perSecond), 'statements/s')}
    ${bar([{kind: 'primary', value: primary}, {kind: 'replica', value: replica}])}
    <dl>${fact(html`<i class="key primary"></i>to primaries`, `${rate(primary)}/s`)}
      ${fact(html`<i class="key replica"></i>to replicas`, `${rate(replica)}/s`)}
      ${fact('refused', `${rate(t.errorsPerSecond)}/s`, t.errorsPerSecond > 0)}
      ${fact('half within', millis(t.p50Millis))}${fact('99 % within', millis(t.p99Millis))}
      ${fact('connections', count(t.connections))}</dl>`, at(t));
}

function shards(system, onChoose) {
  const all = system.stores.flatMap((store) => store.shards.map((shard) => ({store, shard})));
  const sum = all.reduce((s, {shard}) =>
    s + shard.servers.reduce((t, server) => t + server.member.perSecond, 0), 0);
  return station('shards', 'Shards', flowing(sum), all.length
    ? html`${big(rate(sum), 'operations/s')}
      ${all.map(({store, shard}) => html`<div class="pool">
        <h3>${store.name} <b>shard ${shard.shard}</b> <small>${store.engine}</small></h3>
        <ul class="chips">${repeat(shard.servers, (s) => s.member.id,
            (s) => chip(s.member, APART.has(s.kind) ? s.kind : s.role, onChoose))}</ul></div>`)}`
    : empty('no stores in this file'),
  all.length ? `${many(system.stores.length, 'store')}, ${many(all.length, 'shard')}` : '');
}

/** The whole row. */
export const path = (system, onChoose) => html`<ol class="path">
  ${dns(system, onChoose)}${http(system)}${app(system, onChoose)}
  ${cache(system)}${sql(system)}${shards(system, onChoose)}</ol>`;
