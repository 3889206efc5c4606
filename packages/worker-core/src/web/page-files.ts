/** Files beside the page. They are part of the program, so that the page needs nothing from elsewhere. */

export const style = `:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p, ul { margin: 0; }
ul { padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
th { font-weight: 600; }
td { overflow-wrap: anywhere; }
a { color: light-dark(#0b57d0, #8ab4f8); }
.good { color: light-dark(#146c2e, #7dd491); }
.bad { color: light-dark(#b3261e, #f2958f); }
`;

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2557a7"/><g stroke="#fff" stroke-width="2"><path d="M16 9 9 22M16 9l7 13M9 22h14"/></g><g fill="#fff"><circle cx="16" cy="9" r="4"/><circle cx="9" cy="22" r="4"/><circle cx="23" cy="22" r="4"/></g></svg>
`;
