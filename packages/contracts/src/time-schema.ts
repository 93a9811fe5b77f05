import { z } from 'zod';

/** A time as the API writes it, which is what `iso` gives. */
export const timeSchema = z.iso.datetime().meta({ id: 'Time', description: 'A time in UTC (ISO 8601).' });
