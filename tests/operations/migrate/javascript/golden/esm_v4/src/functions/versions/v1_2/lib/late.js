export const late = 'late'
