import type { Feature } from '../feature.js';
import { Board, BoardMember, BoardMemberContact } from './board.entity.js';

export const boards: Feature = {
  entities: [Board, BoardMember, BoardMemberContact],
};
