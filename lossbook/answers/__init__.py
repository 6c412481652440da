"""The answers that `lossbook.exercises.check` compares with, one module for each chapter."""
