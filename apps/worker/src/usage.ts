/** The help of the program and its commands, derived from their declarations. */
import { withHelp } from './command-line.ts';
import type { CommandDeclaration } from './commands.ts';
import { environmentName, type Option } from './options.ts';
import type { Program } from './program.ts';

const lineWidth = 110;

export function usage(program: Program, command: CommandDeclaration, commands: readonly CommandDeclaration[]): string {
  const options = withHelp(command.options);
  const { operand, name } = command;
  return [
    `usage: ${[program.name, name === 'connect' ? '' : name, operandText(command), '[options]'].filter(Boolean).join(' ')}`,
    ...(name === 'connect' ? [`       ${program.name} <command> [options]`, '', program.description] : []),
    '',
    `${command.describe}.`,
    ...(operand === undefined ? [] : ['', ...columns([[`  <${operand.name}>`, operand.describe]])]),
    ...(name === 'connect' ? ['', 'Commands:', ...commandLines(program, commands)] : []),
    '',
    'Options:',
    ...columns(options.map((option) => [`  ${optionText(option)}`, describe(option)])),
    '',
    ...epilogue(program),
  ].join('\n');
}

/** How a command is called, for example `resotoworker search <query>`. */
export function callText(program: Program, command: CommandDeclaration): string {
  return [program.name, command.name, operandText(command)].filter(Boolean).join(' ');
}

function operandText({ operand }: CommandDeclaration): string {
  if (operand === undefined) return '';
  return operand.optional === true ? `[${operand.name}]` : `<${operand.name}>`;
}

function commandLines(program: Program, commands: readonly CommandDeclaration[]): readonly string[] {
  const named = commands.filter(({ name }) => name !== 'connect');
  return columns(named.map((command) => [`  ${callText(program, command)}`, command.describe]));
}

function optionText({ name, short, type, value }: Option): string {
  const text = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
  if (value === undefined) return text;
  return `${text} ${value}${type === 'list' ? ' …' : ''}`;
}

function describe(option: Option): string {
  return option.describe + (option.default === undefined ? '' : ` [default: ${String(option.default)}]`);
}

function epilogue(program: Program): readonly string[] {
  const { optionPrefix } = program.names;
  const example = environmentName(program, { name: 'psk', type: 'string', describe: '' });
  const other =
    program.generation === 'fix' ? '--resotocore-uri, RESOTOWORKER_…, RESOTO_…' : '--fixcore-uri, FIXWORKER_…, FIX_…';
  return [
    `Every long option can be set as ${optionPrefix}<OPTION>, for example ${example}; it may be shortened.`,
    `The names of the other family are understood as well: ${other}`,
  ];
}

/** Two columns; what does not fit into the second one is broken between words. */
function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const left = Math.max(...rows.map(([text]) => text.length)) + 2;
  return rows.flatMap(([text, description]) => {
    const lines = wrapped(description, lineWidth - left);
    return lines.map((line, index) => `${(index === 0 ? text : '').padEnd(left)}${line}`);
  });
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
