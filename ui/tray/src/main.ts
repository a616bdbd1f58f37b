import '@redbutton/shared/base.css';
import { i18n } from '@redbutton/shared/i18n/i18n.svelte';
import { mount } from 'svelte';
import App from './App.svelte';
import { backend } from './lib/backend';

i18n.set(navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en');

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target, props: { backend: backend() } });
