namespace Shop.Versions.V1_2
{
    internal static class Names
    {
        public const string Charge = "Charge";
        public const string Prefix = "Or";
        public static readonly string Refund = "Refund";

        // A queue that happens to be called like a function: its name must not change.
        public const string Queue = Charge;
    }
}
