import './styles/index.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { watchConnection } from './state/connection.ts';
import { refuseDrops } from './upload/refuse-drops.ts';

const root = document.getElementById('app');
if (root !== null) {
  watchConnection();
  refuseDrops();
  render(<App />, root);
}
