import { mount } from 'svelte';
import { z } from 'zod';
import './design/tokens.css';
import './design/base.css';
import './design/card.css';
import App from './App.svelte';
import { restoreTheme } from './design/theme.svelte.ts';

// The page's policy allows no code made of text, which zod would try first.
z.config({ jitless: true });
restoreTheme();
const target = document.getElementById('app');
if (target !== null) mount(App, { target });
