/** For writes that are done again when they are lost, by a crash of the server or a change of its primary. */
export const REDOABLE = { writeConcern: { w: 1, journal: false } } as const;
