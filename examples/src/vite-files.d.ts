/** What Vite makes of a file: where it is served. */
declare module '*?url' {
  const address: string;
  export default address;
}
