module.exports = async function (context) {
    return `Ship ${context.bindings.order}`;
};
