export const SHIPPED = 'Orders'
