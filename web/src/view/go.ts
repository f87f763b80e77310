// A link inside the page would overwrite the state that its hash keeps: it goes to the section `id`, and `title` takes the focus.
export function go(event: Event, id: string, title = `${id}-title`): void {
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView();
  document.getElementById(title)?.focus({ preventScroll: true });
}
