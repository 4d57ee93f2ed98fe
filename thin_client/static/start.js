// Every page works without this. It brings govuk-frontend to life, and locks what is left open.
import { initAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// Left alone as long as the server waits, a page is put away; one that is being filled in stays.
const IDLE_MS = 10 * 60 * 1000
let filling = false
let idle

function touched () {
  clearTimeout(idle)
  idle = setTimeout(() => {
    if (!filling && document.querySelector('form[action="/sign-out"]')) {
      window.location.replace(`/sign-in/again?back=${window.location.pathname}`)
    }
  }, IDLE_MS)
}

for (const kind of ['keydown', 'pointerdown', 'scroll']) {
  window.addEventListener(kind, touched, { passive: true })
}
window.addEventListener('input', () => { filling = true })
touched()

// A page that came back from a browser's memory is asked for anew: it may be somebody else's now.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload()
})
