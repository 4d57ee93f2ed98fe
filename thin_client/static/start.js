// Every page works without this. It brings govuk-frontend to life, and puts away what is left open.
import { initAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// Left alone as long as the server waits, a page is put away; what was being filled in is sent to be
// kept, out of sight, and nothing is done with it. The clock is looked at, not a timer waited for:
// timers stand still while a computer sleeps.
const IDLE_MS = 10 * 60 * 1000
const LOOKED_MS = 5 * 1000
let filling = null
let touched = Date.now()
let away = false

function putAway () {
  away = true
  const here = window.location.pathname
  if (!filling) {
    window.location.replace(`/put-away?back=${here}`)
    return
  }
  const to = new URL(filling.getAttribute('action'), window.location.href).pathname
  filling.setAttribute('action', `/put-away?back=${here}&to=${to}`)
  HTMLFormElement.prototype.submit.call(filling)
  document.body.hidden = true
}

function look () {
  const idle = Date.now() - touched > IDLE_MS
  if (idle && !away && document.querySelector('form[action="/sign-out"]')) putAway()
}

for (const kind of ['keydown', 'pointerdown', 'scroll']) {
  window.addEventListener(kind, () => { look(); touched = Date.now() }, { passive: true })
}
window.addEventListener('input', (event) => {
  const form = event.target.form
  if (form && form.getAttribute('method') === 'post') filling = form
})
document.addEventListener('visibilitychange', look)
window.setInterval(look, LOOKED_MS)

// A page that came back from a browser's memory is asked for anew: it may be somebody else's now.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload()
})
