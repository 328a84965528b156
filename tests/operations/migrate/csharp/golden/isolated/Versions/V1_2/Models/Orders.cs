namespace Shop.Versions.V1_2.Models;

public record Order(string Id, OrderLine[] Lines, Money Total);

public record OrderLine(string Sku, int Count);

public readonly record struct Money(decimal Amount, string Currency);
