// Stands for a library that is not part of the built program.
export default {};
