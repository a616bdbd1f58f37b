import '@redbutton/shared/base.css';
import { i18n } from '@redbutton/shared/i18n/i18n.svelte';
import { theme } from '@redbutton/shared/theme.svelte';
import { mount } from 'svelte';
import App from './App.svelte';

i18n.start(navigator.language);
theme.start();

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target });
