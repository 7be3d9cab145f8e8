/** Rows of a page: by default, and at most. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;
