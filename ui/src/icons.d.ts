/** Signs, drawn by the build (`vite.config.ts`). They take nothing: words for who does not see them stand beside them. */
declare module "~icons/*" {
  const icon: import("svelte").Component<Record<string, never>>;
  export default icon;
}
