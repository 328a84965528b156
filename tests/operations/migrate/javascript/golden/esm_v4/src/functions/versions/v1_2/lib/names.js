export { SHIPPED as ORDERS } from './more.js'
export default 'Invoice'
export const Activities = { ship: 'Ship', pay: 'Pay' }
