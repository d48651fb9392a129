'use strict';
(() => {
  const byId = id => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  const text = data.strings;
  const verdicts = data.verdicts;
  const groups = data.groups.map(group => {
    const [verdict, namespace, owner, kind, modes, profile, reason, explanation, names] = group;
    return {
      verdict, namespace: text[namespace], owner: text[owner], kind: text[kind], modes: text[modes], profile: text[profile],
      reason: text[reason], explanation: text[explanation], names, count: names.length
    };
  });
  const PAGE = 200;
  const MOST_PRINTED = 5000;
  const body = byId('list').tBodies[0];
  const search = byId('search');
  const namespaces = byId('namespace');
  const pressed = new Set();
  let sort = { column: 'verdict', descending: false };
  let shown = [];
  let rendered = 0;

  const make = (tag, content, className) => {
    const element = document.createElement(tag);
    if (content !== undefined) element.textContent = content;
    if (className) element.className = className;
    return element;
  };

  // Made when it is first searched for: most pages are only read.
  const haystack = group => group.haystack ??=
    [verdicts[group.verdict].name, group.namespace, group.owner, group.kind, group.modes, group.profile, group.reason, group.explanation, ...group.names].join('\n').toLowerCase();

  const compare = (left, right) => {
    const column = sort.column;
    const [a, b] = [left[column], right[column]];
    const order = typeof a === 'number' ? a - b : a < b ? -1 : a > b ? 1 : 0;
    return (sort.descending ? -order : order) || left.verdict - right.verdict
      || (left.namespace < right.namespace ? -1 : left.namespace > right.namespace ? 1 : left.owner < right.owner ? -1 : left.owner > right.owner ? 1 : 0);
  };

  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(word => word.length > 0);
    shown = groups.filter(group =>
      (pressed.size === 0 || pressed.has(group.verdict))
      && (namespaces.value === '' || group.namespace === namespaces.value)
      && words.every(word => haystack(group).includes(word)));
    shown.sort(compare);
    body.replaceChildren();
    rendered = 0;
    renderMore(PAGE);
    const workloads = shown.reduce((sum, group) => sum + group.count, 0);
    byId('shown').textContent = shown.length === 0
      ? 'Nothing matches.'
      : `${workloads} of ${data.workloads} workloads, of ${shown.length} of ${groups.length} owners.`;
    for (const heading of byId('list').tHead.rows[0].cells) {
      const button = heading.querySelector('button');
      if (!button) continue;
      if (button.dataset.column === sort.column) heading.setAttribute('aria-sort', sort.descending ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    }
  };

  const renderMore = count => {
    const fragment = document.createDocumentFragment();
    const end = Math.min(shown.length, rendered + count);
    for (; rendered < end; rendered++) fragment.append(rowOf(shown[rendered]));
    body.append(fragment);
    byId('more').hidden = rendered >= shown.length;
  };

  const rowOf = group => {
    const row = make('tr');
    const verdict = verdicts[group.verdict];
    const cell = (title, content, className) => {
      const made = make('td', content, className);
      made.dataset.title = title;
      row.append(made);
      return made;
    };
    cell('Verdict', verdict.name, `verdict ${verdict.level}`).title = verdict.meaning;
    cell('Namespace', group.namespace);
    const owner = cell('Owner');
    const toggle = make('button', group.owner);
    toggle.type = 'button';
    toggle.setAttribute('aria-expanded', 'false');
    toggle.addEventListener('click', () => expand(row, toggle, group));
    owner.append(toggle);
    cell('Workloads', String(group.count), 'number');
    cell('Profile', group.profile === '' ? '\u2013' : group.modes === '' ? group.profile : `${group.profile} (${group.modes})`);
    cell('Reason', group.reason);
    cell('Explanation', group.explanation);
    return row;
  };

  const expand = (row, toggle, group) => {
    const open = toggle.getAttribute('aria-expanded') !== 'true';
    toggle.setAttribute('aria-expanded', String(open));
    if (!open) {
      row.nextElementSibling.remove();
      return;
    }
    const details = make('tr', undefined, 'details');
    const cell = make('td');
    cell.colSpan = 7;
    cell.append(make('p', `${verdicts[group.verdict].name}: ${verdicts[group.verdict].meaning}`));
    const names = make('ul', undefined, 'names');
    for (const name of group.names) names.append(make('li', `${group.kind} ${name}`));
    cell.append(names);
    details.append(cell);
    row.after(details);
  };

  for (const name of [...new Set(groups.map(group => group.namespace))].sort()) {
    const option = make('option', name);
    option.value = name;
    namespaces.append(option);
  }

  for (const button of byId('verdicts').querySelectorAll('button')) {
    const index = verdicts.findIndex(verdict => verdict.name === button.dataset.verdict);
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('click', () => {
      if (!pressed.delete(index)) pressed.add(index);
      button.setAttribute('aria-pressed', String(pressed.has(index)));
      update();
    });
  }

  for (const button of byId('coverage').querySelectorAll('tbody button')) {
    button.addEventListener('click', () => {
      namespaces.value = button.textContent;
      update();
      byId('workloads').scrollIntoView();
      byId('workloads').focus({ preventScroll: true });
    });
  }

  for (const button of byId('list').tHead.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      const column = button.dataset.column;
      sort = { column, descending: sort.column === column ? !sort.descending : column === 'count' };
      update();
    });
  }

  let waiting;
  search.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, groups.length > 2000 ? 120 : 0);
  });
  namespaces.addEventListener('change', update);
  byId('filters').addEventListener('submit', event => event.preventDefault());
  const clear = () => {
    search.value = '';
    namespaces.value = '';
    pressed.clear();
    for (const button of byId('verdicts').querySelectorAll('button')) button.setAttribute('aria-pressed', 'false');
    update();
  };
  byId('clear').addEventListener('click', clear);
  byId('more').addEventListener('click', () => renderMore(PAGE));

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (event.key === '/' && !typing) {
      event.preventDefault();
      search.focus();
    } else if (event.key === 'Escape') {
      clear();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && target instanceof HTMLElement && (target === search || body.contains(target))) {
      const toggles = [...body.querySelectorAll('button')];
      const at = toggles.indexOf(target);
      const next = toggles[event.key === 'ArrowDown' ? at + 1 : at - 1];
      if (next) {
        event.preventDefault();
        next.focus();
        if (next === toggles[toggles.length - 1]) renderMore(PAGE);
      } else if (event.key === 'ArrowUp' && at === 0) {
        search.focus();
      }
    }
  });

  new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting) && !byId('more').hidden) renderMore(PAGE);
  }, { rootMargin: '600px' }).observe(byId('more'));

  addEventListener('beforeprint', () => {
    renderMore(Math.max(0, MOST_PRINTED - rendered));
    byId('cut').hidden = rendered >= shown.length;
  });

  // A page from a disk may have no storage; then the choice lasts as long as the page.
  const themes = ['system', 'light', 'dark'];
  const remembered = () => { try { return localStorage.getItem('accesslog-theme'); } catch { return null; } };
  let theme = themes.includes(remembered()) ? remembered() : 'system';
  const dress = () => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    byId('theme').textContent = `Theme: ${theme}`;
  };
  byId('theme').addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem('accesslog-theme', theme); } catch { /* see above */ }
    dress();
  });

  const coverage = byId('coverage');
  if (coverage.tBodies[0].rows.length > 25) {
    coverage.classList.add('cut');
    byId('all-namespaces').hidden = false;
    byId('all-namespaces').textContent = `Show all ${coverage.tBodies[0].rows.length} namespaces`;
    byId('all-namespaces').addEventListener('click', () => {
      coverage.classList.remove('cut');
      byId('all-namespaces').hidden = true;
    });
  }

  byId('theme').hidden = false;
  byId('filters').hidden = false;
  byId('list').hidden = false;
  dress();
  update();
})();
