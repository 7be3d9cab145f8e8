import { each, OWN, type Rule } from '../access/rules.js';

const { board } = OWN;

/**
 * Given by 1732400100000, and used by nobody: no mutation changes a board's members yet (the one that will brings its rights
 * back, in both walls), and that a file has arrived is written by the job that received it.
 */
export const TAKEN: Rule[] = [
  ...(['adds', 'changes', 'removes'] as const).flatMap((verb) =>
    ['board_member', 'board_member_contact'].flatMap((table) => each(verb, table, { board })),
  ),
  ...each('changes', 'upload', { board }, ['received_at']),
];
