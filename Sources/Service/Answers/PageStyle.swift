// The stylesheet of all pages: light and dark by what the reader's system prefers, readable on a
// narrow screen and on paper.

import HTML

enum PageStyle {
  static let css: HTML = """
    :root { color-scheme: light dark;
      --ground: #ffffff; --raised: #f4f5f7; --line: #d5d9df; --text: #1b1f26; --quiet: #555d6b;
      --link: #0b57a8; --good: #0f6b3a; --bad: #a1201d; --wait: #7a4b00; --busy: #4b3d9e;
      --part: #8a1f6b; }
    @media screen and (prefers-color-scheme: dark) { :root {
      --ground: #14171c; --raised: #1d2128; --line: #363c47; --text: #e8eaee; --quiet: #a5adba;
      --link: #8ab8f5; --good: #6fce98; --bad: #ff9d97; --wait: #efbb6a; --busy: #b9adff;
      --part: #f3a1d8; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--text);
      font: 1rem/1.5 system-ui, sans-serif; }
    header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: .75rem 1.5rem;
      border-bottom: 1px solid var(--line); background: var(--raised); }
    header > a { font-weight: 700; color: inherit; text-decoration: none; }
    header nav { margin: 0; } header nav a { margin-right: 1rem; }
    header nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
    .banner { margin: 1rem 0; padding: .5rem 1rem; border-left: 4px solid var(--wait);
      background: var(--raised); }
    main { max-width: 70rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
    main:focus { outline: none; }
    footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem 2rem; color: var(--quiet);
      font-size: .875rem; }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 1rem 0; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; overflow-wrap: anywhere; }
    a { color: var(--link); } a:not([href]) { color: inherit; }
    a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { left: 1rem; top: .5rem; background: var(--ground); padding: .5rem 1rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; }
    th, td { padding: .4rem 1rem .4rem 0; text-align: left; vertical-align: baseline;
      border-bottom: 1px solid var(--line); white-space: nowrap; }
    /* Names and words may be long; only where there is no room are they broken. */
    .id { white-space: normal; overflow-wrap: break-word; }
    .text { white-space: normal; overflow-wrap: anywhere; min-width: 14rem; }
    li, p { overflow-wrap: anywhere; }
    thead th { color: var(--quiet); font-weight: 600; font-size: .875rem; }
    tbody th { font-weight: 500; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    td.number, th.number { padding-right: 1.5rem; }
    .status { font-weight: 600; }
    .pending, .requested { color: var(--wait); }
    .approved, .processing, .accepted, .in_transit, .received, .inspected { color: var(--busy); }
    .executed, .settled, .completed { color: var(--good); }
    .partly_executed, .returned { color: var(--part); }
    .failed, .outcome_unknown, .unknown { color: var(--bad); }
    .denied, .cancelled, .given_up, .rejected, .expired { color: var(--quiet); }
    form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .75rem 0; }
    .fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr));
      align-items: end; } .fields p { margin: 0; } .fields label { display: block; }
    .fields input, .fields select, .fields textarea { width: 100%; }
    input, button, select, textarea { font: inherit; color: inherit; background: var(--ground);
      padding: .3rem .6rem; border: 1px solid var(--quiet); border-radius: .25rem;
      max-width: 100%; }
    button { background: var(--raised); cursor: pointer; }
    :is(input, button, select, textarea):focus-visible { outline: 3px solid var(--link);
      outline-offset: 2px; }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr));
      gap: .75rem 2rem; margin: 0; }
    dt { color: var(--quiet); font-size: .875rem; } dd { margin: 0; overflow-wrap: anywhere; }
    nav { margin: .75rem 0; } nav[aria-label="By status"] a { margin-right: .75rem; }
    .message { border-left: 3px solid var(--line); padding: 0 0 0 1rem; margin: 1rem 0;
      max-width: 45rem; }
    .message.agent, .message.system { border-color: var(--link); }
    .message h3 { font-size: .875rem; font-weight: 600; color: var(--quiet); margin: 0; }
    .words { overflow-wrap: anywhere; } .words pre { overflow-x: auto; white-space: pre-wrap; }
    .words blockquote { border-left: 2px solid var(--line); margin: .5rem 0; padding-left: 1rem; }
    @media screen and (max-width: 30rem) { header { padding: .75rem 1rem; }
      main { padding: .5rem 1rem 3rem; } th, td { padding-right: .75rem; }
      td.number, th.number { padding-right: .75rem; } }
    @media print { :root { color-scheme: light; font-size: 9pt; }
      header, nav, form, .skip { display: none; }
      body { background: none; color: #000; } main { max-width: none; padding: 0; }
      .scroll { overflow: visible; } .text { min-width: 7rem; }
      .id { overflow-wrap: anywhere; } tr { break-inside: avoid; } }
    """
}
