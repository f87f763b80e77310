import { mount } from 'svelte';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { page } from './state.svelte';
import App from './view/App.svelte';

const target = document.getElementById('page');
if (target) {
  mount(App, { target });
  void page.begin();
  window.addEventListener('hashchange', () => page.read_hash());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => page.painted++);
}
