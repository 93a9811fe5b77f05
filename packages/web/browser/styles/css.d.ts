/** Style sheets are bundled; importing one brings nothing into a script. */
declare module '*.css';
