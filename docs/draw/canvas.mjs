import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const camundaModdle = require('camunda-bpmn-moddle/resources/camunda.json');

/** bpmn-js in a headless browser: reads a model, tells where everything lies, draws it. */
export class Canvas {
  static async open() {
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--font-render-hinting=none',
      ],
    });
    const context = await browser.newContext({
      offline: true,
      deviceScaleFactor: 2,
      viewport: { width: 1600, height: 1000 },
    });
    const page = await context.newPage();
    await page.setContent(`<!DOCTYPE html><style>${fonts()}</style><div id="canvas"></div><div id="picture"></div>`);
    await page.addScriptTag({ path: require.resolve('bpmn-js/dist/bpmn-viewer.production.min.js') });
    await page.evaluate(async (camunda) => {
      await Promise.all([document.fonts.load('12px Arial', 'a'), document.fonts.load('12px Arial', 'ą')]);
      window.viewer = new window.BpmnJS({ container: '#canvas', moddleExtensions: { camunda } });
    }, camundaModdle);
    return new Canvas(browser, page);
  }

  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
  }

  /** Reads a model; answers with what geometry.mjs wants to know of each of its sheets. The first one stays shown. */
  show(xml) {
    return this.page.evaluate(async (source) => {
      const { viewer } = window;
      try {
        await viewer.importXML(source);
      } catch (error) {
        return { problem: `cannot be drawn: ${error.message.replace(/\s+/g, ' ')}` };
      }
      const canvas = viewer.get('canvas');
      const registry = viewer.get('elementRegistry');
      const first = canvas.getRootElement();
      const sheets = canvas.getRootElements().map((sheet) => {
        canvas.setRootElement(sheet);
        const toSheet = canvas.getActiveLayer().getScreenCTM().inverse();
        return {
          elements: registry.filter((it) => it !== sheet && canvas.findRoot(it) === sheet).map((it) => describe(it)),
        };

        function describe(it) {
          const visual = registry.getGraphics(it).querySelector('.djs-visual');
          return {
            id: it.businessObject.id,
            type: it.type,
            label: Boolean(it.labelTarget),
            text: it.businessObject.name ?? it.businessObject.text ?? '',
            parent: it.parent?.businessObject?.id,
            host: it.host?.businessObject.id,
            expanded: Boolean(it.di.isExpanded) || ['bpmn:Participant', 'bpmn:Lane', 'bpmn:Group'].includes(it.type),
            source: it.source?.businessObject.id,
            target: it.target?.businessObject.id,
            bounds: it.waypoints ? undefined : { x: it.x, y: it.y, width: it.width, height: it.height },
            waypoints: it.waypoints?.map(({ x, y }) => ({ x, y })),
            lines: [...visual.querySelectorAll('tspan')].filter((line) => line.textContent.trim()).map(box),
            icons: it.waypoints || it.labelTarget ? [] : [...visual.children].slice(1).filter(isIcon).map(box),
          };
        }

        function isIcon(node) {
          return !['text', 'defs'].includes(node.localName);
        }

        function box(node) {
          const { x, y, width, height } = node.getBBox();
          const matrix = toSheet.multiply(node.getScreenCTM());
          const corner = new DOMPoint(x, y).matrixTransform(matrix);
          const opposite = new DOMPoint(x + width, y + height).matrixTransform(matrix);
          return {
            x: Math.min(corner.x, opposite.x),
            y: Math.min(corner.y, opposite.y),
            width: Math.abs(opposite.x - corner.x),
            height: Math.abs(opposite.y - corner.y),
            text: node.textContent,
          };
        }
      });
      canvas.setRootElement(first);
      return { sheets };
    }, xml);
  }

  /** The first sheet of the model shown, as an SVG that is the same, byte for byte, each time. */
  svg(attributes) {
    return this.page.evaluate(async (extra) => {
      const { svg } = await window.viewer.saveSVG();
      const picture = new DOMParser().parseFromString(svg, 'image/svg+xml');
      const root = picture.documentElement;
      const [x, y, width, height] = root.getAttribute('viewBox').split(' ').map(Number);
      const left = Math.floor(x);
      const top = Math.floor(y);
      const right = Math.ceil(x + width);
      const bottom = Math.ceil(y + height);
      root.setAttribute('viewBox', `${left} ${top} ${right - left} ${bottom - top}`);
      root.setAttribute('width', right - left);
      root.setAttribute('height', bottom - top);

      // Areas for the mouse are of no use in a picture.
      root.querySelectorAll('.djs-hit, .djs-outline').forEach((node) => node.remove());

      // bpmn-js gives its markers random ids.
      const ids = new Map([...root.querySelectorAll('[id]')].map((node, index) => [node.id, `marker-${index + 1}`]));
      for (const node of root.querySelectorAll('*')) {
        for (const attribute of node.attributes) {
          attribute.value = attribute.value
            .replace(/^.*$/s, (id) => (attribute.name === 'id' ? ids.get(id) : id))
            .replace(/url\(["']?#([^)"']+)["']?\)/g, (reference, id) => `url(#${ids.get(id) ?? id})`)
            .replace(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10 || 0));
        }
      }

      const background = picture.createElementNS(root.namespaceURI, 'rect');
      Object.entries({ x: left, y: top, width: right - left, height: bottom - top, fill: 'white' }).forEach((entry) =>
        background.setAttribute(...entry),
      );
      root.prepend(background);
      const title = picture.createElementNS(root.namespaceURI, 'title');
      const process = window.viewer.get('canvas').getRootElement().businessObject;
      title.textContent = process.name || process.id;
      root.prepend(title);
      Object.entries(extra).forEach((entry) => root.setAttribute(...entry));

      return (
        new XMLSerializer()
          .serializeToString(picture)
          .replace(/(<title|<defs|<rect [^>]*fill="white"|<g class="djs-group")/g, '\n$1')
          .replace(/\s*$/, '\n')
      );
    }, attributes);
  }

  async png(svg) {
    await this.page.evaluate((source) => {
      const picture = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
      document.querySelector('#canvas').style.display = 'none';
      document.querySelector('#picture').replaceChildren(document.importNode(picture, true));
    }, svg);
    const image = await this.page.locator('#picture > svg').screenshot();
    await this.page.evaluate(() => {
      document.querySelector('#picture').replaceChildren();
      document.querySelector('#canvas').style.display = '';
    });
    return image;
  }

  close() {
    return this.browser.close();
  }
}

/**
 * bpmn-js breaks and centres labels by the width of Arial. Arimo has the same widths; with it the pictures do not
 * depend on the fonts of the machine that draws them.
 */
function fonts() {
  const face = (subset) => {
    const file = require.resolve(`@fontsource/arimo/files/arimo-${subset}-400-normal.woff2`);
    const data = readFileSync(file).toString('base64');
    const range = subset === 'latin-ext' ? 'unicode-range: U+0100-02FF;' : '';
    return `@font-face { font-family: Arial; ${range} src: url(data:font/woff2;base64,${data}) format('woff2'); }`;
  };
  return `${face('latin')} ${face('latin-ext')} text { text-rendering: geometricPrecision; }
    #canvas { width: 1600px; height: 1000px; }`;
}

function findChromium() {
  if (process.env.CHROMIUM) {
    return process.env.CHROMIUM;
  }
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  console.error('Chromium not found: install it, or set CHROMIUM to its executable');
  process.exit(1);
}
